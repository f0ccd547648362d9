// Savitzky and Golay's filter of order 2, number for number as smoothing.py has it.

function smooth(values, window) {
  let size = Math.min(window, values.length);
  size -= 1 - (size % 2);
  if (size <= 2) return [...values];
  const half = (size - 1) / 2;
  const first = fitParabola(values, half, half);
  const last = fitParabola(values, values.length - 1 - half, half);
  return values.map((_, k) => {
    if (k < half) return first((k - half) / half);
    if (k >= values.length - half) return last((k - (values.length - 1 - half)) / half);
    return fitParabola(values, k, half)(0);
  });
}

// The least-squares parabola through the points around `middle`; its argument runs from -1 to 1.
function fitParabola(values, middle, half) {
  let [sum, sumOfX, sumOfSquares, squares, fourths] = [0, 0, 0, 0, 0];
  for (let k = -half; k <= half; k++) {
    const x = k / half;
    const y = values[middle + k];
    sum += y;
    sumOfX += x * y;
    sumOfSquares += x * x * y;
    squares += x * x;
    fourths += x ** 4;
  }
  const size = 2 * half + 1;
  const bend = (size * sumOfSquares - squares * sum) / (size * fourths - squares ** 2);
  const level = (sum - bend * squares) / size;
  return (x) => level + (sumOfX / squares) * x + bend * x * x;
}

// The mean of lines, as far as all of them go.
function averageLines(lines) {
  const shortest = Math.min(...lines.map((line) => line.length));
  return Array.from({ length: shortest }, (_, k) => {
    return lines.reduce((sum, line) => sum + line[k], 0) / lines.length;
  });
}
