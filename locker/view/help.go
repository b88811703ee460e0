package view

// What people do about help. It is offered on every page of a customer and of a courier.
const (
	ActHelp      ActionName = "help"       // show the help over the page
	ActHelpClose ActionName = "help_close" // back to the page, which is as it was
	ActCallStaff ActionName = "call_staff" // have staff come to this screen
)

// NoticeHelpAsked is on the idle page of a desk: somebody at another screen asks for staff.
const NoticeHelpAsked Notice = "help_asked"

// Helping is the help that lies over a page. What to do there is said by the page's step.
type Helping struct {
	Number string `json:"number"`           // the station's id, for whoever is called
	Phone  string `json:"phone,omitempty"`  // the operator's telephone number; empty: there is none
	Called bool   `json:"called,omitempty"` // staff were called to this screen, and have not answered
}
