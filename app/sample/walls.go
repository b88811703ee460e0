package sample

import "cubby/locker/view"

// small is a wall whose doors are large enough for a finger.
func small() view.Wall {
	w := view.Wall{WidthMM: 1350, HeightMM: 1320}
	for i, number := range []string{"1", "2", "3", "4", "5", "6"} {
		w.Doors = append(
			w.Doors,
			view.Door{
				Number:   number,
				Column:   i / 2,
				LeftMM:   i / 2 * 450,
				TopMM:    i % 2 * 660,
				WidthMM:  450,
				HeightMM: 660,
			},
		)
	}
	return w
}

// large is a wall whose columns are too narrow for one.
func large() view.Wall {
	w := view.Wall{WidthMM: 30 * 450, HeightMM: 1980}
	for column := range 30 {
		for row := range 9 {
			w.Doors = append(
				w.Doors,
				view.Door{
					Number:   string(rune('A'+column%26)) + string(rune('1'+row)),
					Column:   column,
					LeftMM:   column * 450,
					TopMM:    row * 220,
					WidthMM:  450,
					HeightMM: 220,
				},
			)
		}
	}
	return w
}
