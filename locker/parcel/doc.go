// Package parcel is the room of parcels: their announcement and custody, the codes and
// PINs that open their doors, and the visits in which couriers bring and customers
// collect them.
//
// Lengths are millimetres, weights grams, times UTC.
package parcel
