package kit

// A Draft is what a person has chosen or typed on a page and not sent yet: the
// part of a list that is looked at, the fields of a form. It outlives the page,
// which is drawn anew, and is forgotten with the step.
type Draft struct {
	values map[string]string
	change func()
}

// NewDraft is empty; change, if any, is told when the page looks otherwise.
func NewDraft(change func()) *Draft { return &Draft{values: map[string]string{}, change: change} }

// Get is a value by its name. Without a draft there is none.
func (d *Draft) Get(name string) string {
	if d == nil {
		return ""
	}
	return d.values[name]
}

// Has reports whether a value has been set, be it to nothing.
func (d *Draft) Has(name string) bool {
	if d == nil {
		return false
	}
	_, ok := d.values[name]
	return ok
}

// Type sets a value on the page as it is, which shows it by itself.
func (d *Draft) Type(name, value string) { d.values[name] = value }

// Turn sets a value for which the page has to be drawn anew.
func (d *Draft) Turn(name, value string) {
	d.values[name] = value
	if d.change != nil {
		d.change()
	}
}
