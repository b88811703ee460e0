package soak

import "testing"

func TestWhatTheCoreNeedsMoreAtTheEndIsWrong(t *testing.T) {
	early := resources{memory: 50 << 20, descriptors: 46, goroutines: 43}
	for _, c := range []struct {
		name string
		late resources
		want bool
	}{
		{"the same", early, false},
		{"less", resources{memory: 40 << 20, descriptors: 40, goroutines: 40}, false},
		{"as much as may be", resources{early.memory + moreMemory, early.descriptors + moreDescriptors,
			early.goroutines + moreGoroutines}, false},
		{"memory", resources{early.memory + moreMemory + 1, early.descriptors, early.goroutines}, true},
		{"descriptors", resources{early.memory, early.descriptors + moreDescriptors + 1, early.goroutines}, true},
		{"goroutines", resources{early.memory, early.descriptors, early.goroutines + moreGoroutines + 1}, true},
	} {
		if got := c.late.exceeds(early); got != c.want {
			t.Errorf("%s: %s after %s: exceeds %t, want %t", c.name, c.late, early, got, c.want)
		}
	}
}
