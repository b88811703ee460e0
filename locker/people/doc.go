// Package people is the room of those who may come in: couriers with their badges and
// PINs, clients of the endpoint with their keys, and the consumers of the change feed.
package people
