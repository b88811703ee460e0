// Package locker puts the rooms of a pickup station together. Each room is a package
// below: facts, tables, pages, and what doors are opened for. Package station runs
// their rules, package store keeps their facts.
package locker

import (
	"cubby/locker/bearer"
	"cubby/locker/care"
	"cubby/locker/centre"
	"cubby/locker/customers"
	"cubby/locker/desk"
	"cubby/locker/members"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/remote"
	"cubby/locker/returns"
	"cubby/locker/shop"
	"cubby/locker/stock"
	"cubby/locker/visit"
)

// Station is a pickup station: all rooms together.
var Station = visit.NewRules(people.Room, desk.Room, returns.Room, members.Room, shop.Room, parcel.Room,
	orders.Room,
	stock.Room, centre.Room, remote.Room, customers.Room, bearer.Room, care.Room)

// Ledger knows all facts and tables of a pickup station.
var Ledger = Station.Ledger
