package wall

// Purpose names what a door is opened for.
type Purpose string

const (
	ForDeposit Purpose = "deposit"
	ForPickup  Purpose = "pickup"
	ForUndo    Purpose = "undo"   // the courier takes the parcel deposited last back
	ForReopen  Purpose = "reopen" // the customer looks again after collecting
	// ForInspection: staff look what is behind it.
	ForInspection Purpose = "inspection"

	ForReturn Purpose = "return" // a customer lays something in that comes back
	ForRound  Purpose = "round"  // staff take out what has come back

	ForGoods Purpose = "goods" // staff put goods in that are for sale

	ForRemote Purpose = "remote" // the centre has had it opened, for whoever stands there
)
