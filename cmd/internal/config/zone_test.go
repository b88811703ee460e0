package config

import (
	"testing"
	"time"
)

func TestTimesForPeopleAreWrittenInTheirZone(t *testing.T) {
	winter, summer := time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC), time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone string
		at   time.Time
		want string
		in   string
	}{
		{"Europe/Berlin", winter, "2026-02-01 00:30 Europe/Berlin", "2026-02-01 00:30 CET"},
		{"Europe/Berlin", summer, "2026-07-01 14:00 Europe/Berlin", "2026-07-01 14:00 CEST"},
		{"Asia/Shanghai", winter, "2026-02-01 07:30 Asia/Shanghai", "2026-02-01 07:30 CST"},
		{"UTC", winter, "2026-01-31 23:30 UTC", "2026-01-31 23:30 UTC"},
		{"", winter, winter.Local().Format("2006-01-02 15:04 MST"), winter.Local().Format("2006-01-02 15:04 MST")},
	} {
		s := Station{TimeZone: c.zone}
		if got := s.Written(c.at); got != c.want {
			t.Errorf("%q: %q, want %q", c.zone, got, c.want)
		}
		if got := c.at.In(s.Zone()).Format(MinuteIn); got != c.in {
			t.Errorf("%q: %q, want %q", c.zone, got, c.in)
		}
	}
}

func TestOnlyZonesThatThereAreAreTaken(t *testing.T) {
	for name, known := range map[string]bool{
		"": true, "UTC": true, "Europe/Berlin": true, "America/Argentina/Buenos_Aires": true,
		"Local": false, "Berlin": false, "europe/berlin": false, "UTC+2": false, "../etc/passwd": false,
		"/etc/localtime": false, "Europe/": false,
	} {
		if KnownZone(name) != known {
			t.Errorf("%q is known: %t", name, !known)
		}
	}
}
