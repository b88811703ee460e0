package main

// motifs are what can be drawn.
var motifs = map[string]func(*canvas){
	"bar": bar, "battery": battery, "board": board, "book": book, "bottle": bottle, "bowl": bowl,
	"box":   carton,
	"brush": brush, "bulb": bulb, "cable": cable, "candle": candle, "cap": knitted, "cards": cards,
	"charger": charger, "cushion": cushion, "frame": frame, "jar": jar, "lamp": lamp, "mug": mug, "pen": pen,
	"pencils": pencils, "plant": plant, "plate": plate, "pouch": pouch, "roll": roll, "scarf": scarf,
	"shirt": shirt, "soap": soap, "sock": sock, "tin": tin, "torch": torch, "towel": towel, "tube": tube,
	"umbrella": umbrella,
}

func bar(c *canvas) {
	c.box(c.dark, 22, 26, 56, 58, 3)
	for row := range 4 {
		for col := range 3 {
			c.box(c.main, 25+float64(col)*17.5, 29+float64(row)*13.5, 15, 11.5, 2)
		}
	}
	c.box(steel, 20, 60, 60, 26, 2)
	c.box(c.light, 20, 66, 60, 20, 2)
}

func battery(c *canvas) {
	for i := range 4 {
		x := 20 + float64(i)*15.5
		c.box(steel, x+4, 24, 5.5, 6, 1)
		c.box(c.main, x, 28, 13.5, 57, 2)
		c.box(c.dark, x, 28, 13.5, 14, 2)
	}
}

func board(c *canvas) {
	c.box(wood, 16, 34, 68, 50, 7)
	c.box(mixed(wood, ink, 0.15), 16, 48, 68, 3, 0)
	c.box(mixed(wood, ink, 0.15), 16, 66, 68, 2, 0)
	c.oval(c.behind, 75, 43, 4, 4)
}

func book(c *canvas) {
	c.box(c.dark, 26, 18, 50, 68, 3)
	c.box(tints["white"], 28, 20, 46, 64, 1)
	c.box(c.main, 24, 16, 46, 68, 3)
	c.box(c.dark, 24, 16, 6, 68, 2)
	c.box(c.light, 38, 30, 24, 12, 1)
}

func bottle(c *canvas) {
	c.box(c.dark, 44, 10, 12, 9, 2)
	c.box(c.main, 45, 17, 10, 20, 2)
	c.oval(c.main, 50, 42, 15, 13)
	c.box(c.main, 35, 41, 30, 45, 5)
	c.box(c.light, 35, 52, 30, 20, 0)
	c.box(mixed(c.main, c.light, 0.5), 39, 42, 4, 9, 2)
}

func bowl(c *canvas) {
	c.oval(c.dark, 50, 48, 34, 9)
	c.oval(c.light, 50, 48, 30, 6.5)
	c.fillBowl(16, 48, 68, 36)
	c.box(c.dark, 38, 82, 24, 4, 1)
}

// fillBowl is the outside of a bowl below its rim.
func (c *canvas) fillBowl(x, y, w, h float64) {
	var points []float64
	const parts = 40
	for i := range parts + 1 {
		s := float64(i)/parts*2 - 1 // from -1 to 1
		points = append(points, x+w/2+s*w/2, y+h*(1-s*s*s*s)*0.98)
	}
	for i := range parts + 1 { // back along the front of the rim
		s := 1 - float64(i)/parts*2
		points = append(points, x+w/2+s*w/2, y+8*(1-s*s))
	}
	c.poly(c.main, points...)
}

func carton(c *canvas) {
	c.poly(c.main, 20, 40, 64, 44, 64, 88, 20, 80)
	c.poly(c.dark, 64, 44, 82, 36, 82, 76, 64, 88)
	c.poly(c.light, 20, 40, 40, 32, 82, 36, 64, 44)
	c.poly(mixed(c.light, c.main, 0.5), 38, 41.7, 46, 42.4, 46, 62, 38, 61)
}

func brush(c *canvas) {
	c.line(wood, 6, 26, 84, 66, 36)
	c.line(c.main, 8, 66, 36, 78, 22)
	for i := range 5 {
		x, y := 67+float64(i)*2.6, 34-float64(i)*3
		c.line(tints["white"], 2, x, y, x-9, y-8)
	}
}

func bulb(c *canvas) {
	c.oval(c.light, 50, 40, 26, 26)
	c.poly(c.light, 30, 56, 70, 56, 60, 70, 40, 70)
	c.oval(c.main, 50, 40, 15, 15)
	for i := range 3 {
		c.box(steel, 40, 70+float64(i)*5, 20, 4, 2)
	}
	c.box(ink, 45, 85, 10, 3, 1)
}

func cable(c *canvas) {
	c.ring(mixed(c.main, ink, 0.1), 50, 52, 26, 4)
	c.ring(c.main, 50, 52, 21, 4)
	c.line(c.main, 4, 71, 60, 84, 78)
	c.box(c.main, 78, 74, 12, 10, 2)
	c.box(steel, 88, 76.5, 5, 5, 1)
	c.box(mixed(c.main, ink, 0.3), 44, 72, 12, 9, 2)
}

func candle(c *canvas) {
	c.oval(tints["orange"], 50, 21, 5, 10)
	c.oval(tints["yellow"], 50, 24, 3, 6)
	c.line(ink, 1.4, 50, 30, 50, 38)
	c.box(c.main, 32, 38, 36, 48, 4)
	c.oval(c.light, 50, 39, 18, 4)
	c.box(c.dark, 32, 56, 36, 16, 0)
}

func knitted(c *canvas) {
	c.oval(c.light, 50, 24, 8, 8)
	c.oval(c.main, 50, 58, 30, 32)
	c.box(c.main, 20, 58, 60, 16, 0)
	c.box(c.dark, 17, 68, 66, 18, 6)
	for i := range 8 {
		c.box(c.main, 22+float64(i)*7.6, 71, 2, 12, 1)
	}
}

func cards(c *canvas) {
	c.poly(c.dark, 20, 34, 68, 26, 74, 66, 26, 74)
	c.box(c.main, 26, 42, 54, 42, 2)
	c.poly(c.light, 26, 42, 80, 42, 53, 64)
	c.oval(tints["red"], 53, 62, 5, 5)
}

func charger(c *canvas) {
	c.box(steel, 38, 14, 5, 14, 1)
	c.box(steel, 57, 14, 5, 14, 1)
	c.box(c.main, 28, 26, 44, 58, 8)
	c.box(mixed(c.main, ink, 0.08), 28, 70, 44, 14, 7)
	c.box(ink, 44, 75, 12, 4, 2)
}

func cushion(c *canvas) {
	c.box(c.main, 18, 26, 64, 60, 14)
	c.box(c.light, 24, 32, 52, 48, 10)
	c.box(c.main, 28, 36, 44, 40, 8)
	c.oval(c.dark, 50, 56, 3, 3)
}

func frame(c *canvas) {
	c.box(c.main, 24, 16, 52, 70, 2)
	c.box(tints["white"], 30, 22, 40, 58, 0)
	c.box(mixed(tints["blue"], tints["white"], 0.5), 36, 28, 28, 46, 0)
	c.poly(tints["green"], 36, 74, 36, 60, 46, 50, 56, 62, 64, 56, 64, 74)
	c.oval(tints["yellow"], 57, 38, 4, 4)
}

func jar(c *canvas) {
	c.box(c.light, 26, 30, 48, 56, 8)
	c.box(c.main, 29, 40, 42, 43, 6)
	c.box(wood, 29, 18, 42, 13, 3)
	c.box(tints["white"], 34, 52, 32, 18, 2)
	c.box(c.dark, 39, 59, 22, 3, 1)
}

func lamp(c *canvas) {
	c.oval(c.dark, 40, 84, 18, 4)
	c.line(steel, 3, 40, 82, 30, 54, 56, 34)
	c.oval(ink, 30, 54, 3, 3)
	c.poly(c.main, 50, 28, 66, 20, 84, 48, 56, 54)
	c.oval(tints["yellow"], 70, 52, 8, 4)
}

func mug(c *canvas) {
	c.ring(c.dark, 70, 54, 11, 5)
	c.box(c.main, 26, 32, 44, 54, 7)
	c.oval(c.dark, 48, 33, 22, 5)
	c.oval(mixed(c.dark, ink, 0.4), 48, 34, 19, 3.6)
	c.box(c.light, 31, 42, 5, 32, 2)
}

func pen(c *canvas) {
	c.line(c.main, 8, 26, 80, 64, 34)
	c.line(steel, 8, 64, 34, 74, 22)
	c.line(c.dark, 3, 69, 20, 52, 40)
	c.poly(steel, 22, 78, 29, 84, 17, 91)
}

func pencils(c *canvas) {
	for i, name := range []string{"red", "orange", "yellow", "green", "blue", "brown"} {
		x := 20 + float64(i)*10.5
		c.box(tints[name], x, 34, 8.5, 52, 0)
		c.poly(tints["cream"], x, 34, x+8.5, 34, x+4.25, 20)
		c.poly(tints[name], x+2.7, 25, x+5.8, 25, x+4.25, 20)
	}
}

func plant(c *canvas) {
	leaf := tints["green"]
	for _, l := range [][4]float64{
		{50, 34, 8, 20}, {34, 42, 9, 16}, {66, 42, 9, 16}, {42, 52, 9, 10}, {58, 52, 9, 10},
	} {
		c.oval(leaf, l[0], l[1], l[2], l[3])
		leaf = mixed(leaf, ink, 0.08)
	}
	if c.main != tints["green"] {
		for _, at := range [][2]float64{{50, 20}, {34, 30}, {66, 30}, {44, 40}, {59, 42}} {
			c.oval(c.main, at[0], at[1], 6, 6)
			c.oval(c.light, at[0], at[1], 2.4, 2.4)
		}
	}
	c.poly(wood, 32, 58, 68, 58, 62, 86, 38, 86)
	c.box(mixed(wood, ink, 0.2), 30, 56, 40, 7, 2)
}

func plate(c *canvas) {
	c.oval(c.dark, 50, 56, 36, 31)
	c.oval(c.main, 50, 54, 36, 31)
	c.oval(mixed(c.main, ink, 0.08), 50, 55, 25, 21)
	c.oval(c.main, 50, 56, 23, 19)
}

func pouch(c *canvas) {
	c.poly(c.main, 28, 20, 72, 20, 76, 86, 24, 86)
	c.box(c.dark, 28, 16, 44, 8, 1)
	c.oval(c.light, 50, 54, 15, 15)
	c.oval(c.dark, 50, 54, 8, 9)
}

func roll(c *canvas) {
	c.line(c.main, 18, 24, 74, 74, 36)
	for i := range 4 {
		x, y := 30+float64(i)*12, 69.5-float64(i)*9.1
		c.oval(c.light, x, y, 3, 3)
	}
	c.oval(c.dark, 75, 35, 8, 9)
	c.oval(c.light, 75.6, 34.6, 4, 5)
}

func scarf(c *canvas) {
	c.box(c.main, 30, 30, 18, 56, 3)
	c.box(c.dark, 30, 66, 18, 5, 0)
	c.box(c.dark, 30, 56, 18, 4, 0)
	c.box(mixed(c.main, c.dark, 0.5), 52, 36, 18, 44, 3)
	c.box(c.light, 52, 62, 18, 5, 0)
	c.oval(c.main, 50, 32, 26, 13)
	c.oval(c.dark, 50, 29, 15, 6)
}

func shirt(c *canvas) {
	c.poly(c.main, 36, 20, 64, 20, 88, 36, 78, 50, 70, 45, 70, 86, 30, 86, 30, 45, 22, 50, 12, 36)
	c.oval(c.dark, 50, 20, 12, 7)
	c.oval(c.behind, 50, 17, 10, 6)
	c.box(c.light, 56, 38, 9, 9, 1)
}

func soap(c *canvas) {
	c.box(c.dark, 20, 44, 60, 40, 14)
	c.box(c.main, 20, 40, 60, 38, 14)
	c.box(c.light, 32, 50, 36, 16, 8)
	for _, b := range [][3]float64{{30, 30, 5}, {42, 24, 3}, {72, 30, 4}} {
		c.oval(tints["white"], b[0], b[1], b[2], b[2])
	}
}

func sock(c *canvas) {
	c.box(c.main, 38, 16, 22, 52, 3)
	c.box(c.main, 38, 60, 42, 24, 11)
	c.oval(c.dark, 70, 72, 11, 12)
	c.oval(c.dark, 44, 76, 8, 8)
	c.box(c.light, 36, 14, 26, 10, 3)
	c.box(c.light, 38, 34, 22, 5, 0)
}

func tin(c *canvas) {
	c.box(c.main, 28, 26, 44, 60, 4)
	c.box(c.dark, 26, 18, 48, 16, 4)
	c.box(tints["cream"], 34, 46, 32, 26, 2)
	c.oval(c.main, 50, 59, 6, 9)
}

func torch(c *canvas) {
	c.line(c.main, 15, 24, 76, 58, 50)
	c.poly(c.dark, 54, 44, 66, 60, 84, 50, 68, 28)
	c.poly(tints["yellow"], 68, 28, 84, 50, 88, 47, 72, 25)
	c.oval(c.light, 40, 64, 3, 3)
}

func towel(c *canvas) {
	c.box(c.dark, 22, 32, 56, 54, 4)
	c.box(c.main, 22, 26, 56, 44, 5)
	for i := range 3 {
		c.box(c.light, 22, 34+float64(i)*9, 56, 4, 0)
	}
}

func tube(c *canvas) {
	c.poly(c.main, 30, 18, 70, 18, 62, 72, 38, 72)
	c.box(c.dark, 29, 14, 42, 6, 1)
	c.box(mixed(c.main, ink, 0.35), 41, 72, 18, 14, 3)
	c.poly(c.light, 36, 34, 64, 34, 61, 54, 39, 54)
}

func umbrella(c *canvas) {
	c.line(wood, 3, 50, 22, 50, 78)
	c.line(wood, 3, 50, 78, 53, 83, 58, 82, 59, 76)
	c.oval(c.main, 50, 50, 38, 30)
	c.poly(c.behind, 8, 50, 92, 50, 92, 84, 8, 84)
	c.oval(mixed(c.behind, ink, 0.12), 50, 86, 34, 5)
	c.line(wood, 3, 50, 48, 50, 78, 53, 83, 58, 82, 59, 76)
	for _, x := range []float64{24.6, 50, 75.4} {
		c.oval(c.behind, x, 51, 12.6, 5)
	}
	c.line(wood, 3, 50, 46, 50, 60)
	c.poly(c.dark, 50, 20, 40, 47, 60, 47)
}
