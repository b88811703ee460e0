package parcels

// AppendParcel writes a parcel as the answers have it.
var AppendParcel = appendParcel
