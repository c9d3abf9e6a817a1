/** What the flows need of a browser: what a visitor does, and a look into the page. */
export interface BrowserDriver {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /**
   * Runs a function in the page, or in a frame of it. Without closures: its text is what travels, and the argument and
   * what it returns as JSON.
   *
   * @param frame CSS selector of an iframe of the page
   */
  evaluate<T, A = undefined>(read: (argument: A) => T, argument?: A, frame?: string): Promise<T>;
  /** A click of the mouse, in px from the window's corner. */
  click(x: number, y: number): Promise<void>;
  type(text: string): Promise<void>;
  press(key: 'Enter' | 'Escape'): Promise<void>;
  close(): Promise<void>;
}

/** What a visitor has set in the browser. */
export interface DriverSettings {
  /** `third-party`: of other sites than the page's. `all`: of every site. Default: what the browser does by itself. */
  blockedCookies?: 'third-party' | 'all';
  /** A window whose data goes when it is closed. */
  isPrivate?: boolean;
}

/** The window of every driver: room for a page and a chat in it. */
export const windowSize = { width: 1280, height: 860 };
