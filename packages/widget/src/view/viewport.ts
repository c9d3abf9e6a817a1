/** The window as far as the view must know it. */
export interface Viewport {
  /** Narrow enough for the panel to take the whole screen. */
  isPhone: boolean;
  /** The part of the window that an on-screen keyboard leaves, in px. */
  top: number;
  height: number;
}
