// Package rooms lists the kinds of visits whose pages the touchscreen has.
package rooms

import (
	"cubby/app/pages"
	"cubby/app/pages/bearer"
	"cubby/app/pages/commission"
	"cubby/app/pages/courier"
	"cubby/app/pages/member"
	"cubby/app/pages/pickup"
	"cubby/app/pages/returns"
	"cubby/app/pages/shop"
	"cubby/app/pages/staff"
)

// All has the pages of every kind of visit, and of more rooms, which tests bring.
func All(more ...pages.Room) (*pages.Set, error) {
	own := []pages.Room{pickup.Room(), courier.Room(), returns.Room(), staff.Room(), commission.Room(),
		bearer.Room(), member.Room(), shop.Room()}
	return pages.NewSet(append(own, more...)...)
}
