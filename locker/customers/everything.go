package customers

import "time"

// Everything is what a station knows of somebody, for themselves to read.
type Everything struct {
	Record
	Parcels  []ParcelOf
	Orders   []OrderOf
	Returns  []ReturnOf
	Messages []MessageOf
}

// A ParcelOf is a parcel whose recipient has the contact.
type ParcelOf struct {
	ID        string     `json:"id"`
	State     string     `json:"state"`
	OrderID   string     `json:"order_id,omitempty"`
	Announced time.Time  `json:"announced_at"`
	Stored    *time.Time `json:"stored_at,omitempty"`
	Deadline  *time.Time `json:"deadline,omitempty"`
	Ended     *time.Time `json:"ended_at,omitempty"`
	Name      string     `json:"name,omitempty"`
	Email     string     `json:"email,omitempty"`
	Phone     string     `json:"phone,omitempty"`
	Language  string     `json:"language,omitempty"`
}

// An OrderOf is an order that one of the parcels is of.
type OrderOf struct {
	ID       string    `json:"id"`
	Shop     string    `json:"shop"`
	Ordered  time.Time `json:"ordered"`
	Total    int64     `json:"total"` // minor units
	Currency string    `json:"currency"`
	Lines    []string  `json:"lines"` // titles
}

// A ReturnOf is what comes back of one of the orders.
type ReturnOf struct {
	ID        string    `json:"id"`
	OrderID   string    `json:"order_id"`
	State     string    `json:"state"`
	Requested time.Time `json:"requested"`
	Items     []string  `json:"items"` // titles
}

// A MessageOf is one about one of the parcels or returns.
type MessageOf struct {
	Subject string     `json:"subject"`
	Kind    string     `json:"kind"`
	Channel string     `json:"channel"`
	State   string     `json:"state"`
	Queued  time.Time  `json:"queued"`
	Done    *time.Time `json:"done,omitempty"`
}
