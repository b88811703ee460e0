package policy

import "time"

// A Source says where the rules of a shop are from.
type Source struct {
	Shop  string     `json:"shop"`
	From  string     `json:"from"`            // FromFile or FromCentre
	Rev   int64      `json:"rev,omitempty"`   // of the centre's
	Since *time.Time `json:"since,omitempty"` // when they came
}

// Where rules are from.
const (
	FromFile   = "file"   // in the station's folder
	FromCentre = "centre" // told by the centre, in place of the file
)
