package config

import (
	"time"
	_ "time/tzdata" // the zones of machines that have none installed
)

// MinuteIn is how moments are written for people: with the zone they are in.
const MinuteIn = "2006-01-02 15:04 MST"

// KnownZone reports whether a time zone has this IANA name. Empty stands for the
// machine's; "Local" is no name.
func KnownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// Zone is where the times are meant that people are shown.
func (s Station) Zone() *time.Location {
	if s.TimeZone == "" {
		return time.Local
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC // of a file that was not checked
	}
	return zone
}

// Written writes a moment with the name of its zone, for paper that is carried
// away: the IANA name where one is configured, or else the machine's short one.
func (s Station) Written(at time.Time) string {
	at = at.In(s.Zone())
	if s.TimeZone == "" {
		return at.Format(MinuteIn)
	}
	return at.Format("2006-01-02 15:04 ") + s.TimeZone
}
