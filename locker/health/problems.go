package health

// The kinds of devices.
const (
	Bus          = "bus"
	Board        = "board"
	Scanner      = "scanner"
	Badge        = "badge"
	Printer      = "printer"
	LabelPrinter = "label_printer"
	Climate      = "climate"
	Camera       = "camera"
	Clock        = "clock"
	Deadlines    = "deadlines" // of parcels behind doors
	Consumer     = "consumer"  // a client of the feed that passes codes on
	Messages     = "messages"  // to customers
	Webhooks     = "webhooks"  // to others'
	Refunds      = "refunds"   // what waits, and each payment provider
	Centre       = "centre"    // the line to the central order system
	Tokens       = "tokens"    // pickup codes that the centre makes ahead
	Core         = "core"
	Door         = "door"
)

// A Problem is one status that a device can have, registered here once with
// everything people are told of it. docs/health.md lists them all; a test keeps
// the two alike.
type Problem struct {
	Kind     string   // of the devices that can have it
	State    string   // what the device's owner calls it
	Severity Severity // OK for a state that is no problem
	Title    string   // what is wrong, in plain words
	ToDo     string   // the next thing to do, for whoever looks after the station; empty with OK
	Notice   string   // the notice on the screen that tells the person at hand; empty: none
}

// Code names a problem for machines: "printer.paper_out".
func (p Problem) Code() string { return p.Kind + "." + p.State }

// Problems are all there are, by kind, what is well first.
func Problems() []Problem { return append([]Problem(nil), problems...) }

var problems = []Problem{
	{Bus, "working", OK, "The line works", "", ""},
	{Bus, "silent", Warning, "No lock board on this line answers",
		"Check the boards' supply, the line's two wires and the speed in the configuration.", "some_doors"},
	{Bus, "suspect", Warning, "What this line says cannot be believed",
		"Look for a loose plug or a wire that is chafed, then run cubbyctl doctor.", "some_doors"},
	{Bus, "late", Warning, "The lock boards on this line answer too late",
		"Set reply_timeout_ms of the line to what the detail says.", "some_doors"},
	{Bus, "not_commissioned", Warning, "Other boards are on this line than it was set up with",
		"Plug the adapters back the way they were, or run cubbyctl commission.", "some_doors"},
	{Bus, "stalled", Alarm, "The line is not served any more",
		"Restart the core, and send its log to whoever made the software.", "some_doors"},
	{Bus, "gone", Alarm, "The line's adapter is gone",
		"Plug the adapter in again; cubbyctl doctor says what the machine sees of it.", "some_doors"},

	{Board, "working", OK, "The lock board works", "", ""},
	{Board, "suspect", Warning, "All doors of this board read open at once",
		"Check the sensor cable and the supply of this board. On a new wall its contacts may be the other way " +
			"round: cubbyctl commission finds out.", "some_doors"},
	{Board, "silent", Warning, "The lock board does not answer",
		"Check its supply, its address and the plug of its line.", "some_doors"},
	{Board, "late", Warning, "The lock board answers too late",
		"Set reply_timeout_ms of its line to what the detail says.", "some_doors"},
	{Board, "differs", Notice, "The lock board answers for another number of locks than is configured",
		"Nothing, if all its doors are known; otherwise set channels of this board to what it has.", ""},
	{Board, "not_commissioned", Warning, "It is not certain which board this is",
		"Plug the adapters back the way they were, or run cubbyctl commission.", "some_doors"},
	{Board, "gone", Warning, "The lock board's line is gone", "See to the line first.", "some_doors"},

	{Scanner, "working", OK, "The code reader works", "", ""},
	{Scanner, "silent", Warning, "The code reader does not answer",
		"Check its cable; unplug it and plug it in again.",
		"no_scanner"},
	{Scanner, "suspect", Warning, "What the code reader sends cannot be read",
		"Check its speed and its suffix against the configuration.", "no_scanner"},
	{Scanner, "gone", Warning, "The code reader is gone",
		"Plug the code reader in again; people type their PIN until then.", "no_scanner"},

	{Badge, "working", OK, "The badge reader works", "", ""},
	{Badge, "silent", Notice, "The badge reader does not answer",
		"Check its cable; couriers type their PIN until then.", ""},
	{Badge, "suspect", Notice, "What the badge reader sends cannot be read",
		"Check its format and its speed against the configuration.", ""},
	{Badge, "gone", Notice, "The badge reader is gone",
		"Plug the badge reader in again; couriers type their PIN until then.", ""},

	{Printer, "working", OK, "The receipt printer works", "", ""},
	{Printer, "paper_low", Notice, "The receipt printer's roll is near its end",
		"Bring a new roll with the next visit.", ""},
	{Printer, "mute", Notice, "The receipt printer does not say how it is",
		"Nothing, if it prints; otherwise check its cable for both directions.", ""},
	{Printer, "resting", Notice, "The receipt printer has become too hot", "Wait; it goes on by itself.",
		"no_printer"},
	{Printer, "paper_out", Warning, "The receipt printer has no paper",
		"Put a new roll in; what was being printed is printed again.", "no_printer"},
	{Printer, "cover_open", Warning, "The receipt printer's cover is open", "Close the cover.", "no_printer"},
	{Printer, "offline", Warning, "The receipt printer is offline",
		"Press its feed button, or switch it off and on.",
		"no_printer"},
	{Printer, "faulty", Warning, "The receipt printer reports a fault",
		"Look for a paper jam and at the cutter, then switch it off and on.", "no_printer"},
	{Printer, "silent", Warning, "The receipt printer does not answer",
		"Check its power and its cable, and paper and cover if it is on USB.", "no_printer"},
	{Printer, "gone", Warning, "The receipt printer is gone",
		"Switch it on and plug it in again; cubbyctl doctor says what the machine sees of it.", "no_printer"},

	{LabelPrinter, "working", OK, "The label printer works", "", ""},
	{LabelPrinter, "resting", Notice, "The label printer is too hot or too cold",
		"Wait; it goes on by itself.", ""},
	{LabelPrinter, "paper_out", Warning, "The label printer has no labels",
		"Put a new roll of labels in; what was being printed is printed again.", ""},
	{LabelPrinter, "ribbon_out", Warning, "The label printer has no ribbon", "Put a new ribbon in.", ""},
	{LabelPrinter, "cover_open", Warning, "The label printer's head is open", "Close the print head.", ""},
	{LabelPrinter, "offline", Warning, "The label printer is paused", "Press its pause button.", ""},
	{LabelPrinter, "faulty", Warning, "The label printer cannot keep its jobs",
		"Look whether the disk is full.", ""},
	{LabelPrinter, "silent", Warning, "The label printer does not answer",
		"Check labels, ribbon, the print head and its power: with any of them missing it keeps silent.", ""},
	{LabelPrinter, "gone", Warning, "The label printer is gone",
		"Switch it on and plug it in again; cubbyctl doctor says what the machine sees of it.", ""},

	{Climate, "working", OK, "The temperature is as it should be", "", ""},
	{Climate, "too_warm", Alarm, "The compartments are too warm",
		"Look at the cooling and for a door that is not shut; what is inside may be spoiled.", ""},
	{Climate, "too_cold", Alarm, "The compartments are too cold",
		"Look at the cooling; what is inside may be frozen.", ""},
	{Climate, "suspect", Warning, "The temperature sensor says what cannot be",
		"Check its unit in the configuration and its plug; nobody knows the temperature until then.", ""},
	{Climate, "silent", Warning, "The temperature sensor does not answer",
		"Check its supply, its two wires, its address, speed and parity; nobody knows the temperature until then.",
		""},
	{Climate, "gone", Warning, "The temperature sensor's adapter is gone",
		"Plug the adapter in again; nobody knows the temperature until then.", ""},

	{Camera, "working", OK, "The camera works", "", ""},
	{Camera, "silent", Warning, "The camera does not answer in time",
		"Switch the camera off and on; what comes back is described without a picture until then.", ""},
	{Camera, "suspect", Warning, "What the camera sends is no picture",
		"Open its address in a browser, or run its command: it must give one JPEG or PNG picture.", ""},
	{Camera, "gone", Warning, "The camera cannot be reached",
		"Check its power, its cable and its address or command in the configuration.", ""},

	{Refunds, "working", OK, "Refunds go through", "", ""},
	{Refunds, "waiting", Warning, "A refund has waited for more than an hour",
		"See which one: cubbyctl refund list. The centre or the payment provider has not answered.", ""},
	{Refunds, "unreachable", Warning, "The payment provider cannot be reached",
		"Check the network and the provider's status page; refunds are ordered again by themselves.", ""},
	{Refunds, "key_refused", Warning, "The payment provider does not take the key",
		"Put a valid key into key_file (chmod 600); refunds are ordered again by themselves.", ""},

	{Centre, "working", OK, "The centre has everything, or gets it now", "", ""},
	{Centre, "out_of_reach", Notice, "The centre cannot be reached",
		"Everything goes on without it. Check the network when this lasts for more than a day: " +
			"cubbyctl centre says what waits.", ""},
	{Centre, "late", Warning, "The centre has not been reached for a day",
		"Check the network and the centre. What happens is kept and told later; orders, leases and " +
			"accounts may be old.", ""},
	{Centre, "refused", Warning, "The centre does not take the station's key",
		"Ask whoever runs the centre: the station was removed there, or has another key. Join " +
			"again with cubbyctl enrol.", ""},
	{Centre, "set_aside", Warning, "The centre could not take in something that happened here",
		"Ask whoever runs the centre to look at what it has put aside. cubbyctl centre has the " +
			"number.", ""},
	{Centre, "drift", Warning, "Station and centre disagree about what is behind the doors",
		"Compare the list in the core's log with the doors, and tell whoever runs the centre.", ""},
	{Centre, "full", Alarm, "Nothing more can be stored until the centre has been reached",
		"Restore the network, or make room on the disk. What is inside can be collected all the " +
			"same.", ""},

	{Tokens, "working", OK, "The centre's pickup codes can be checked", "", ""},
	{Tokens, "keys_over", Warning, "The keys of the centre's pickup codes are past their dates",
		"Restore the network to the centre, so that the station gets its newer keys. Codes that were made " +
			"before are " +
			"taken for 44 days more; those made since open nothing here: look for the parcel by its label.", ""},

	{Messages, "working", OK, "Messages to customers go out", "", ""},
	{Messages, "failing", Warning, "Messages to customers do not go out",
		"Check the network, then the mail server, the gateway and their key files under [messages]. " +
			"Customers with a " +
			"failed message do not know that their parcel is here: tell them.", ""},

	{Webhooks, "working", OK, "Events are posted to the webhooks", "", ""},
	{Webhooks, "failing", Warning, "A webhook has taken no events for hours",
		"Tell whoever runs the receiver. What it missed is posted for three days; then it is dead and " +
			"kept: post it " +
			"again with cubbyctl webhooks replay, or remove the webhook.", ""},

	{Clock, "working", OK, "The clock is believed", "", ""},
	{Clock, "suspect", Warning, "The machine's clock is not believed",
		"Have it synchronised, or set it right and run cubbyctl clock accept; parcels expire by the " +
			"station's own " +
			"count until then.", ""},

	{Deadlines, "working", OK, "The time to collect parcels goes on", "", ""},
	{Deadlines, "paused", Notice, "The time to collect some parcels stands still",
		"See to the doors that cannot be opened, and to what is on hold, is to leave or has an open case: the time " +
			"goes on by itself then.", ""},

	{Consumer, "working", OK, "The client of the feed fetches the pickup codes", "", ""},
	{Consumer, "late", Warning, "A client of the feed has not fetched the pickup codes",
		"See why it does not read on, for customers may not know of their parcels. If it passes no codes " +
			"on, revoke " +
			"its key and make one with --reads-only.", ""},

	{Core, "working", OK, "The station decides", "", ""},
	{Core, "stalled", Alarm, "The station does not decide any more",
		"Restart the core; then look at the disk: dmesg, smartctl.", ""},

	{Door, "working", OK, "The door is well", "", ""},
	{Door, "slow", Notice, "The lock has become slow",
		"Look at the lock, and whether the door binds, before it fails.",
		""},
	{Door, "out_of_service", Notice, "The door is out of service",
		"When it has been mended: cubbyctl restore.", ""},
	{Door, "quarantine", Notice, "Somebody must look into this compartment",
		"Look inside, take out what is there, then: cubbyctl restore.", ""},
	{Door, "unknown", Notice, "Nobody knows whether this door is closed", "See to its lock board and its line.",
		"some_doors"},
	{Door, "suspect", Warning, "The door's contact contradicts itself",
		"Look whether the door is shut; then at its contact and its cable.", ""},
	{Door, "refusing", Warning, "The lock board refuses to open this door",
		"A board may let a hot lock cool: try again after a minute. If it goes on, look at the board's " +
			"supply and " +
			"at the plug of this lock; until then: cubbyctl out-of-service.", ""},
	{Door, "failing", Warning, "The lock has failed several times",
		"Mend the lock before it keeps somebody's parcel; until then: cubbyctl out-of-service.", ""},
	{Door, "unreachable", Warning, "The lock could not be reached when the door was to open",
		"See to its lock board and its line.", ""},
	{Door, "jammed", Warning, "The lock was driven and the door stayed closed",
		"Push the door, open it from the station's tools, look at the lock.", ""},
	{Door, "left_open", Warning, "The door has been left open", "Close it; look inside first.",
		"close_the_door"},
	{Door, "forced", Alarm, "The door opened without an order",
		"Go and look. Nothing is taken in at its bank until then; afterwards: cubbyctl restore.", ""},
}

// Of finds how a state of a kind is registered. A state nobody has registered
// is a warning with its own word as title, so that it is seen and not lost.
func Of(kind, state string) Problem {
	for _, p := range problems {
		if p.Kind == kind && p.State == state {
			return p
		}
	}
	return Problem{
		Kind: kind, State: state, Severity: Warning, Title: "The device is " + state, ToDo: "Run cubbyctl doctor.",
	}
}
