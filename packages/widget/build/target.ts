/** The first browsers with constructable style sheets, the newest thing the widget cannot do without. */
export const target = ['chrome105', 'edge105', 'firefox110', 'safari16.4'];
