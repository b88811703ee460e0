package policy

// Told is what the rules say of one line of an order.
type Told struct {
	Line     string `json:"line"`
	SKU      string `json:"sku,omitempty"`
	Title    string `json:"title"`
	Quantity int    `json:"quantity"` // that was judged
	Left     int    `json:"left"`     // so many can still come back
	Reason   string `json:"reason"`
	Currency string `json:"currency"`
	Verdict
}

// An Inquiry asks what may come back of an order, and why.
type Inquiry struct {
	Order     string
	Line      string // empty: each of them
	Reason    string // empty: the first one of the shop that blames nobody
	Condition string // one of States; empty: not known
	Back      string // empty: by the locker
	Quantity  int    // 0: all that is left
}

// FirstReason is the first reason for a category that says nothing of a fault.
func (r Rules) FirstReason(category string) string {
	for _, one := range r.Reasons(category) {
		if !one.Faulty {
			return one.Name
		}
	}
	return ""
}
