package config

import (
	"path/filepath"
	"time"

	"cubby/hardware"
	"cubby/hardware/badge"
)

func (s Scanner) hardware() hardware.Scanner {
	same := s.SameCode
	if same == 0 {
		same = -time.Millisecond // there 0 stands for the usual time
	}
	return hardware.Scanner{
		Port: s.Port, Baud: s.Baud, Suffix: s.Suffix, IdleGap: s.IdleGap,
		Frame: s.Frame, Trigger: s.Trigger, Rearm: s.Rearm, Separator: s.Separator, SameCode: same,
		Layout: s.Layout, CapsLock: s.CapsLock, Nothing: s.Nothing,
	}
}

func (b Badge) hardware() badge.Config {
	return badge.Config{Port: b.Port, Baud: b.Baud, Format: b.Format, Spelling: b.Spelling, Reversed: b.Reversed,
		Layout: b.Layout, CapsLock: b.CapsLock}
}

// checkReaders looks at the code reader and the badge reader, and notes their
// ports.
func (c *Config) checkReaders(r *reader, ports map[string]string) {
	if c.Scanner.Port != "" {
		ports[filepath.Clean(c.Scanner.Port)] = "the scanner"
		if _, err := c.Scanner.hardware().Complete(); err != nil {
			r.refuse("scanner", "%v", err)
		}
	}
	if c.Badge.Port == "" {
		return
	}
	if other, taken := ports[filepath.Clean(c.Badge.Port)]; taken {
		r.refuse("badge.port", "%q belongs to %s as well: one port for each device", c.Badge.Port, other)
	}
	ports[filepath.Clean(c.Badge.Port)] = "the badge reader"
	if _, err := c.Badge.hardware().Complete(); err != nil {
		r.refuse("badge", "%v", err)
	}
}
