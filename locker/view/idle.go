package view

// Idle is what the page that waits for people shows.
type Idle struct {
	OpenDoor string `json:"open_door,omitempty"` // NoticeCloseTheDoor: the door that has been left open
}
