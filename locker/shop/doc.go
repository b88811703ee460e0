// Package shop is the room of what is sold at the station: somebody finds a thing, sees
// where it is, chooses where to have it, pays, and has it.
//
// A sale is made when somebody goes on to pay: its lines, prices and shares are kept with it
// for good. Its units are held from then on; they are given when its money is there (package
// payment says when), once. What lies behind a door becomes a parcel of the order then, and
// is collected like any other; what staff have to fetch becomes a task, and a parcel that
// they put behind a door or on the shelf. All of it is had with the one code of the sale.
package shop
