package view

// The pages of the staff about what the station's own shop has sold.
const (
	StepStaffPicking  Step = "staff_picking"   // what was bought and has to be fetched, the most urgent first: Items
	StepStaffSale     Step = "staff_sale"      // one sale: Facts, Items are its lines, Ops; scan a thing to confirm it
	StepStaffSaleLine Step = "staff_sale_line" // one line: Items are the places that it may lie at, Ops
)

// Operations of these pages.
const (
	OpSaleCash     = "sale_cash"      // the money is in the till
	OpSaleAge      = "sale_age"       // the customer is old enough: hand it over
	OpSaleShort    = "sale_short"     // the things of a line are not there
	OpSalePaidBack = "sale_paid_back" // staff have given the money back themselves
	OpSaleBackOnce = "sale_back_once" // have a refund that was refused ordered once more
)
