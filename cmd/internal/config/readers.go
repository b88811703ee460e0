package config

import (
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
