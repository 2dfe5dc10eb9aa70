// What the cookie of a session is called: the Worker sets and reads it, and so does the form of the log-in page.

export const SESSION_COOKIE = 'cardinal_session';
