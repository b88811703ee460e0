package hub

// A Race is two things that happen before either side knows of the other's: the centre
// changes something, and something happens at a station. docs/races.md has them as a
// table. A station decides by its own rules, and these are its commands; the hub follows
// what the station says.
type Race struct {
	Name   string
	Centre string // what the centre does
	Here   string // what happens at the station meanwhile
	// What each side does when both know.
	Station, Hub string
	Says         string // what both say afterwards
}

// Races are the rules of all of them.
var Races = []Race{
	{"cancelled-collected", "cancels a parcel", "it is collected",
		"keeps it collected, and refuses the cancellation (`collected-already`, or `inside-already` before)",
		"shows it as collected, and why the cancellation was refused", "collected"},
	{"cancelled-deposited", "cancels a parcel", "it is put in",
		"refuses (`inside-already`) what is behind a door; what was cancelled before is not taken in",
		"shows where it lies, and why it was refused: somebody takes it out",
		"stored; or cancelled, when that came first"},
	{"held-collected", "holds a parcel", "it is in the customer's hands",
		"refuses (`collected-already`); held first, its code opens nothing",
		"shows it as collected, and why the hold was refused", "collected; or held, when that came first"},
	{"announced-stored", "announces a parcel anew", "it is put in",
		"takes more time to collect it; refuses (`stored-already`) what the deposit went by",
		"shows it as stored, and what was refused", "stored, as it was announced when it was put in"},
	{"code-reissued", "asks for another code", "the old code is used",
		"makes codes alone: until it has made the new one, the old one opens; the parcel is collected once",
		"keeps the newest code it was told, sealed, and erases it with the parcel's end, however late it comes again",
		"collected; no code is kept"},
	{"changed-return", "changes an order", "a return of it begins",
		"refuses (`quantity-claimed`, `price-settled`) what the return rests on; told first, it goes by the new one",
		"shows why it was refused, and answers what was taken on condition by the newest order",
		"a return that was agreed to stands; others go by the new order"},
	{"cancelled-return", "cancels an order", "a return of it begins",
		"refuses (`case-open`) as long as the return is open; told first, it refuses the return (`order-cancelled`)",
		"declines what was taken on condition, and cancels the order there again when no return is open",
		"cancelled; a return that the station had agreed to is carried through before"},
	{"one-right", "has sold a line once", "it is brought back at two stations",
		"takes it without asking with the lease, and on condition without",
		"agrees to the one with the lease, or else to the oldest it knows of, and declines the others",
		"one is taken back; the others are given back"},
	{"lease-moved", "gives the lease to another station", "it is used without the network",
		"takes back under the lease until it has read that it is over, and says so behind what it took back",
		"gives it on only when the old holder has said so, or was removed and the lease has lapsed for a day",
		"what was taken back under the old lease counts; the new holder knows of it first"},
	{"policy-return", "changes a shop's rules of returns", "a return begins under the old ones",
		"judges a return by the rules of the moment it was asked for, and keeps what they said with it",
		"shows that verdict; nothing is judged again", "the return as it was offered"},
	{"account-used", "removes an account", "its person works at the station",
		"lets them do nothing from then on (`signed-out`); what they did stays, with their name",
		"shows what was done by whom", "done before: stands; after: refused"},
	{"refund-settled", "says that a refund is paid", "staff pay it another way",
		"refuses to pay another way what is paid (`not-failed`); paid both ways, it says so (`paid_twice`)",
		"shows both, and that money went out twice", "paid once; or paid twice, and somebody gets it back"},
	{"answer-grown", "agrees to a return", "more is added to it",
		"refuses (`return-grown`): the answer was about less",
		"answers anew, about all of it", "agreed to as a whole, or declined as a whole"},
	{"answer-over", "answers a return", "it is cancelled or expires",
		"refuses (`wrong-state`); nothing of it is claimed any more",
		"shows it as the station does, and agrees to others again", "cancelled or expired"},
	{"removed-late", "removes a station", "its outbox arrives late",
		"keeps everything and says that its key is refused",
		"takes in nothing more of it; what it had told counts", "what was told before the removal"},
}
