package centre

import "time"

// Told is what clients are told of the line.
type Told struct {
	Joined  bool       `json:"joined"`
	Station string     `json:"station,omitempty"`
	Centre  string     `json:"centre,omitempty"`
	URL     string     `json:"url,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	State   string     `json:"state,omitempty"`
	Detail  string     `json:"detail,omitempty"`
	Heard   *time.Time `json:"heard,omitempty"`
	SeenTo  *time.Time `json:"seen_up_to,omitempty"`
	Through int64      `json:"through,omitempty"`
	Waiting int        `json:"waiting"`
	Oldest  *time.Time `json:"oldest,omitempty"`
	Set     int64      `json:"set_aside"`
	Full    bool       `json:"full"`
}
