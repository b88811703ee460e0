package view

import (
	"maps"
	"strconv"
	"time"
)

// A Because is one reason of an answer to "can this come back?": the rule that says so, and
// what its sentence has gaps for. The sentence is the message policy.WORD.
type Because struct {
	Rule string `json:"rule"`           // its name in the shop's file, or one of the law such as "law.eu.withdrawal"
	Line int    `json:"line,omitempty"` // where it stands in the shop's file; 0: the law, or a default
	Word string `json:"word"`
	// Data fills the gaps. From and Last are days (2006-01-02) of the station's zone; Amount and
	// Limit are minor units of Currency.
	Data map[string]string `json:"data,omitempty"`
	Date time.Time         `json:"date,omitzero"` // the first moment at which it is too late by this rule
}

// Message is the sentence of a reason. Days are written as midnights of the zone.
func (b Because) Message(zone *time.Location) Message {
	m := Message{ID: "policy." + b.Word, Data: maps.Clone(b.Data)}
	for _, gap := range []string{"Amount", "Limit"} {
		if minor, err := strconv.ParseInt(b.Data[gap], 10, 64); err == nil {
			if m.Money == nil {
				m.Money = map[string]Money{}
			}
			m.Money[gap] = Money{minor, b.Data["Currency"]}
			delete(m.Data, gap)
		}
	}
	for _, gap := range []string{"From", "Last"} {
		if day, err := time.ParseInLocation(time.DateOnly, b.Data[gap], zone); err == nil {
			if m.Times == nil {
				m.Times = map[string]time.Time{}
			}
			m.Times[gap] = day
			delete(m.Data, gap)
		}
	}
	delete(m.Data, "Currency")
	return m
}
