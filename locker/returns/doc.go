// Package returns is the room of what comes back: cases with their items, what is
// decided about each, and the money that follows.
//
// An item has four facts that are never folded into one: its result (how it was found),
// its decision (what the customer gets), its disposition (where it goes) and its money.
//
// What keeps an item from coming back twice: a case claims units of a line from the
// moment it is asked for, and claims plus what the centre tells of other places never
// exceed what was bought (Claimed). While the centre cannot be asked only the site that
// holds the line's lease accepts firmly; without a lease the acceptance is conditional,
// and no money is decided before the centre has answered.
//
// Refunds are rows of their own with an id that is the idempotency key of whoever pays.
// A tender gets at most what was paid with it, over all cases of the order.
package returns
