# SPDX-License-Identifier: Apache-2.0
# Least squares: body mass in g by flipper length in mm. Any program in any language would do.
awk -F, '
NR > 1 { n++; x += $5; y += $6; xx += $5 * $5; xy += $5 * $6; yy += $6 * $6 }
END {
    slope = (n * xy - x * y) / (n * xx - x * x)
    r2 = (n * xy - x * y) ^ 2 / ((n * xx - x * x) * (n * yy - y * y))
    printf "mass = %.1f + %.2f * flipper\n", (y - slope * x) / n, slope > "model.txt"
    printf "{\"penguins\": %d, \"r2\": %.4f}\n", n, r2 > "metrics.json"
}' "$1"
