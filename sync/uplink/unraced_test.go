//go:build !race

package uplink_test

const raced = false
