package view

import "time"

// The pages of a return at the kiosk. A person picks what comes back and why, sees at
// once what money follows, and lays it behind a door.
const (
	StepReturnEnter   Step = "return_enter"   // scan a receipt, an order, a return or the item; or type the number
	StepReturnSecond  Step = "return_second"  // type the postcode, or the last four digits of the phone
	StepReturnRefused Step = "return_refused" // one constant answer to what is not known or not proved

	StepReturnLines    Step = "return_lines"    // pick what comes back: Lines
	StepReturnLine     Step = "return_line"     // why this cannot come back: Line, with Because
	StepReturnQuantity Step = "return_quantity" // how many of Line: 1 to Most
	StepReturnReason   Step = "return_reason"   // why: Reasons
	StepReturnText     Step = "return_text"     // type what is wrong, where the reason asks for it
	StepReturnPhoto    Step = "return_photo"    // take a picture, where the reason asks for it
	StepReturnOffer    Step = "return_offer"    // Items, Total, and how it may be paid back: Ways
	StepReturnAsking   Step = "return_asking"   // the shop is asked; a few seconds
	StepReturnHome     Step = "return_home"     // shall it be collected at home?
	StepReturnCounter  Step = "return_counter"  // this one is settled at the counter; Reason says why

	StepReturnOpening Step = "return_opening" // the door has been told to open
	StepReturnOpen    Step = "return_open"    // put it in, close the door; Bags are those before it
	StepReturnCheck   Step = "return_check"   // closed, but nothing is seen inside: is it in?
	StepReturnRetake  Step = "return_retake"  // take it out again, close the door
	StepReturnMore    Step = "return_more"    // closed: is everything in, or does the rest need another door?
	StepReturnNoOpen  Step = "return_no_open" // it did not open, or nobody can say; Reason as on no_open
	StepReturnDone    Step = "return_done"    // the receipt: Case, Bags, Total, When

	StepPackaging     Step = "packaging"      // what is brought back: Reasons are boxes, bags, totes
	StepPackagingDone Step = "packaging_done" // thank you; the points are told
)

// Reasons of the pages of a return.
const (
	ReasonNotReturnable Reason = "not_returnable" // return_counter: nothing of it can come back here
	ReasonToPay         Reason = "to_pay"         // return_counter: the exchange has something to pay
	ReasonTooLargeHere  Reason = "too_large_here" // return_counter: no free door is big enough
	ReasonUndecided     Reason = "undecided"      // return_counter: the shop has to look at it first
	ReasonLeasedThere   Reason = "leased_there"   // return_lines: another site takes it while there is no network
	ReasonDeclined      Reason = "declined"       // return_refused: the shop has declined this return
	ReasonOver          Reason = "over"           // return_refused: this return is settled or has lapsed
	ReasonCardNumber    Reason = "card_number"    // return_enter: that was a card number; it is not kept
)

// What people do on the pages of a return. A line, a reason, a way of paying back is
// picked (ActPick), a number or a text typed (ActType), what is right said with ActYes.
const (
	ActStartReturn    ActionName = "start_return"    // idle -> return_enter
	ActStartPackaging ActionName = "start_packaging" // return_enter -> packaging
	ActMore           ActionName = "more"            // return_offer: another item; return_more: another door
	ActChangeMind     ActionName = "change_mind"     // return_open, return_more: I keep it after all
	ActLowDoor        ActionName = "low_door"        // return_offer: a door within reach; a switch
	ActHome           ActionName = "home"            // return_offer -> return_home
	ActPhoto          ActionName = "photo"           // return_photo, staff_return_photo: take it
	ActSkip           ActionName = "skip"            // return_photo: the camera does not work
)

// Money is an amount in minor units of a currency, by ISO 4217. Screens write it as
// their language does.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Return is what the pages of a return at the kiosk show. Nothing in it says who the
// customer is.
type Return struct {
	AtDoor
	// About is what the page asks about: a line, or an item. A touch counts for it alone.
	About string `json:"about,omitempty"`
	Case  string `json:"case,omitempty"`  // number of the return, as R-7K3M-9QPX; empty: there is none yet
	Order string `json:"order,omitempty"` // last characters of the order's number

	Lines   []ReturnLine   `json:"lines,omitempty"`   // return_lines
	Line    *ReturnLine    `json:"line,omitempty"`    // the one that is asked about
	Most    int            `json:"most,omitempty"`    // return_quantity: so many can come back
	Reasons []ReturnReason `json:"reasons,omitempty"` // return_reason, packaging
	Hint    string         `json:"hint,omitempty"`    // return_second: "postcode", "phone" or "both"; what is on file

	Items []ReturnItem `json:"items,omitempty"` // what has been picked so far
	Ways  []ReturnWay  `json:"ways,omitempty"`  // return_offer
	Total *Money       `json:"total,omitempty"` // what comes back, by the way that was picked, or the first
	Way   string       `json:"way,omitempty"`   // the way that was picked
	When  string       `json:"when,omitempty"`  // one of ReturnWhens
	Low   bool         `json:"low,omitempty"`   // a low door has been asked for
	// Conditional: the shop has to agree still, and cannot be asked now.
	Conditional bool `json:"conditional,omitempty"`
	// Because explains the line, or what is offered: sentences by name.
	Because []Message `json:"because,omitempty"`

	Bags  []ReturnBag `json:"bags,omitempty"`  // what has been laid in, by door
	Print Printing    `json:"print,omitempty"` // return_done: how printing the receipt goes
	// Next is the door with the new item of an exchange, after the old one is in.
	Next   string `json:"next,omitempty"`
	Camera string `json:"camera,omitempty"` // return_photo: "", "taken" or "failed"
	Points int    `json:"points,omitempty"` // packaging_done: told to the shop
}

// ReturnWhens say when the money comes: at once, when somebody has looked at the item,
// when the shop has agreed, or never, because there is none.
var ReturnWhens = []string{"at_drop", "after_grading", "after_centre", "none"}

// A ReturnLine is something that was bought.
type ReturnLine struct {
	Value    string `json:"value"` // for ActPick
	Title    string `json:"title"` // as the shop wrote it; may be in any script
	Quantity int    `json:"quantity"`
	Left     int    `json:"left"`   // so many can still come back
	Picked   int    `json:"picked"` // so many are in this return already
	// Eligible: it can come back here now. Else Because says why not.
	Eligible bool       `json:"eligible"`
	Each     *Money     `json:"each,omitempty"`  // what one of them gives back; nil: nothing
	Until    *time.Time `json:"until,omitempty"` // the last moment; nil: no end
	Because  []Message  `json:"because,omitempty"`
}

// A ReturnReason is a reason to choose, or what packaging is brought back. Its sentence
// is return.reason.VALUE; one that a screen does not know shows Text.
type ReturnReason struct {
	Value string `json:"value"`
	Text  string `json:"text,omitempty"`
}

// A ReturnItem is one thing of a return, and what it gives back.
type ReturnItem struct {
	Title    string `json:"title"`
	Quantity int    `json:"quantity"`
	Reason   string `json:"reason"`
	// ReasonText is the shop's own name of the reason, where it has one.
	ReasonText string `json:"reason_text,omitempty"`
	Amount     *Money `json:"amount,omitempty"`
	Keep       bool   `json:"keep,omitempty"` // the money comes, and the item stays with the customer
}

// A ReturnWay is one way of paying back. Its sentence is return.way.VALUE.
type ReturnWay struct {
	Value   string         `json:"value"` // original, gift_card, points, exchange
	Amount  Money          `json:"amount"`
	Fee     *Money         `json:"fee,omitempty"`     // taken off already
	Tenders []ReturnTender `json:"tenders,omitempty"` // original: how much goes where
	When    string         `json:"when"`              // one of ReturnWhens
}

// A ReturnTender is what comes back the way it was paid: card, cash, gift_card, points,
// transfer, invoice, other.
type ReturnTender struct {
	Kind   string `json:"kind"`
	Amount Money  `json:"amount"`
}

// A ReturnBag is what has been laid behind one door.
type ReturnBag struct {
	Code string `json:"code"` // the bag code
	Door string `json:"door"`
}

// The pages of the staff for returns. All show Staff: Items to pick, Facts, Ops.
const (
	StepStaffReturns        Step = "staff_returns"         // Items: the places of returns
	StepStaffReturnFind     Step = "staff_return_find"     // scan or type anything of an order or a return
	StepStaffReturnFound    Step = "staff_return_found"    // several were found: Items
	StepStaffReturnOrder    Step = "staff_return_order"    // the order's lines: Items, Facts, Ops
	StepStaffReturnLine     Step = "staff_return_line"     // one line and why it can or cannot come back: Facts, Ops
	StepStaffReturnQuantity Step = "staff_return_quantity" // Items: 1 to what is left
	StepStaffReturnReason   Step = "staff_return_reason"   // Items
	StepStaffReturnGrade    Step = "staff_return_grade"    // how it is: Items
	StepStaffReturnNote     Step = "staff_return_note"     // type what is wrong with it
	StepStaffReturnPhoto    Step = "staff_return_photo"    // take a picture of it
	StepStaffReturnDecide   Step = "staff_return_decide"   // what follows, with the amount: Items, Facts
	StepStaffReturnDispose  Step = "staff_return_dispose"  // where the item goes: Items
	StepStaffReturnNew      Step = "staff_return_new"      // exchange: scan or type the new item
	StepStaffReturnPrice    Step = "staff_return_price"    // type an amount
	StepStaffReturnPay      Step = "staff_return_pay"      // the difference has been paid at the till: ActYes
	StepStaffReturnCase     Step = "staff_return_case"     // one return: Facts, Items, Ops
	StepStaffReturnCases    Step = "staff_return_cases"    // returns that wait to be graded: Items
	StepStaffReturnRound    Step = "staff_return_round"    // doors with returns, one after the other: Items, Ops
	StepStaffReturnTotes    Step = "staff_return_totes"    // totes that are being filled: Items, Ops
	StepStaffReturnTote     Step = "staff_return_tote"     // one tote: scan what goes in; Items, Ops
	StepStaffReturnMoney    Step = "staff_return_money"    // the refunds of a day: Items, Facts
	StepStaffReturnFigures  Step = "staff_return_figures"  // Facts and Charts
)

// Operations of the pages of returns.
const (
	OpReturnOverride   = "return_override"   // let a line come back that the rules refuse, with a reason
	OpReturnUnverified = "return_unverified" // take something back without an order
	OpReturnGrade      = "return_grade"      // look at the next item
	OpReturnDecide     = "return_decide"
	OpReturnDispose    = "return_dispose"
	OpReturnClose      = "return_close"
	OpReturnCancel     = "return_cancel"
	OpReturnLabel      = "return_label"   // print the bag label
	OpReturnReceipt    = "return_receipt" // print the receipt
	OpReturnExplain    = "return_explain" // go to the line's rules
	OpReturnNext       = "return_next"    // round: open the next door
	OpReturnTote       = "return_tote"    // begin a tote
	OpReturnSeal       = "return_seal"    // close the tote, print its manifest
	OpReturnRetry      = "return_retry"   // ask for the failed refunds once more
	OpReturnMore       = "return_more"    // another line of the same order
	OpReturnAdd        = "return_add"     // something that nobody had said
	OpReturnType       = "return_type"    // tote: type the number of what goes in
	OpReturnPhoto      = "return_photo"   // take a picture of an item
	OpReturnRound      = "return_round"   // go to the doors with returns
)

// A Chart is one drawing of figures: bars in the order in which they are to be shown.
type Chart struct {
	Title Message    `json:"title"`
	Unit  string     `json:"unit"` // "percent", "hours", "count"
	Bars  []ChartBar `json:"bars"` // at most 12
}

// A ChartBar is one bar. Tenths are a tenth of the unit, so that no fraction travels.
type ChartBar struct {
	Label  Message `json:"label"`
	Tenths int64   `json:"tenths"`
	Of     int     `json:"of,omitempty"` // how many it was reckoned from
}

// OfReturn is the payload of a return at the kiosk, and empty for any other.
func (v View) OfReturn() Return {
	if v.Return == nil {
		return Return{}
	}
	return *v.Return
}
