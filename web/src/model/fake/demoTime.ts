/** Wednesday, 19 November 2025, 09:41: what is said in the demo is said around it. */
export const demoNow = new Date(2025, 10, 19, 9, 41).getTime();

/** A time of the demo: `at("09:38")` today, or so many days before. */
export function at(time: string, daysAgo = 0): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return new Date(2025, 10, 19 - daysAgo, hours, minutes).getTime();
}
