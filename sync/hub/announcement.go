package hub

import (
	"encoding/json"
	"regexp"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/api/parcels"
)

var parcelID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// readAnnouncement checks what a station would be told of a parcel, as the station does.
func readAnnouncement(id string, announcement json.RawMessage) (a parcel.Announcement, err error) {
	if !parcelID.MatchString(id) {
		return a, ledger.Refuse(ledger.Invalid, "bad-id", "the id has 1 to 64 of A-Z a-z 0-9 . _ : -")
	}
	return parcels.ReadAnnouncement(announcement)
}
