// Package people is the room of those who may come in: couriers and staff with their
// badges and PINs, what staff may do (Permissions), clients of the endpoint with their keys, and the
// consumers of the change feed.
package people
