// Counts who opened which dashboard, by days, without a viewer waiting for it.

export interface Views {
	/** Somebody opened a dashboard. It is stored within about a minute. */
	seen(dashboardId: string, userId: string): void;
	/** Stores what this isolate has gathered, for whoever wants to read the counts now. */
	flush(): Promise<void>;
}
