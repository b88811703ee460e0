// Package upkeep is what staff do with doors: withdraw them, give them back, have all
// looked into, and drive locks while a site is commissioned.
package upkeep
