package wall

// OfDoor names the compartment a fact is about.
type OfDoor struct {
	Compartment string `json:"compartment"`
	Opening     string `json:"opening,omitempty"`
}

// Subject of a fact about a compartment.
func (o OfDoor) Subject() string { return "compartments/" + o.Compartment }

// Published: the feed tells what happens to doors.
func (o OfDoor) Published() bool { return true }
