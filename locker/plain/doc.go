// Package plain checks texts from outside: that they are plain text for people, and hold
// no number of a payment card.
package plain
