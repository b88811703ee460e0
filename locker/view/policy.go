package view

import "time"

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
