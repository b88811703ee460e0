package view

// Idle is what the page that waits for people shows.
type Idle struct {
	Desk     bool   `json:"desk,omitempty"`      // the terminal is a desk: staff sign in here
	OpenDoor string `json:"open_door,omitempty"` // NoticeCloseTheDoor: the door that has been left open
}
