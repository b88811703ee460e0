package app

import (
	"strings"
	"testing"
)

func TestAMonitorIsPickedByItsNumberOrThoseThereAreAreNamed(t *testing.T) {
	all := []monitor{{"HDMI-1", 0, 0, 1080, 1920}, {"DP-2", 1080, 0, 1280, 800}}
	if m, err := pick(all, 2); err != nil || m.name != "DP-2" {
		t.Errorf("%v, %v", m, err)
	}
	for _, c := range []struct {
		all  []monitor
		n    int
		said []string
	}{
		{all, 3, []string{"no monitor 3", "1 (HDMI-1, 1080x1920 at 0,0)", "2 (DP-2, 1280x800 at 1080,0)"}},
		{all, -1, []string{"no monitor -1"}},
		{nil, 1, []string{"no monitor 1", "none is switched on"}},
	} {
		_, err := pick(c.all, c.n)
		for _, text := range c.said {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("monitor %d: %v, want %q", c.n, err, text)
			}
		}
	}
}
