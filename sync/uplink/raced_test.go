//go:build race

package uplink_test

// raced: the race detector is at work.
const raced = true
