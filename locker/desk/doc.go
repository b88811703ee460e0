// Package desk is what the store's staff do on a page: they sign in by badge or PIN,
// see what needs somebody, look behind doors, and settle what they find. Each thing
// done is a command of the room it belongs to, by the person who is signed in.
package desk
