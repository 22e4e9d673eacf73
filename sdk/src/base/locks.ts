/** What of the platform's Web Locks is used. */
export type Locks = Pick<LockManager, "request">;
