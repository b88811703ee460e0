package returns

// A Filter selects cases; empty members do not restrict.
type Filter struct {
	State State
	Order string
	Shop  string
	Open  bool   // only those that are not over
	After string // the last id of the page before
	Limit int    // 1 to 100
}

// A RefundFilter selects refunds; empty members do not restrict.
type RefundFilter struct {
	State RefundState
	Case  string
	Order string
	After string // the last id of the page before
	Limit int    // 1 to 100
}

// RefundStates are all states of a refund, in the order of its life.
var RefundStates = []RefundState{Pending, Approved, Completed, Failed, Replaced}
