/** What the core flow needs of a browser: what a visitor does, and a look into the page. */
export interface BrowserDriver {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page. Without arguments and closures: its text is what travels. */
  evaluate<T>(read: () => T): Promise<T>;
  /** A click of the mouse, in px from the window's corner. */
  click(x: number, y: number): Promise<void>;
  type(text: string): Promise<void>;
  press(key: 'Enter' | 'Escape'): Promise<void>;
  close(): Promise<void>;
}
