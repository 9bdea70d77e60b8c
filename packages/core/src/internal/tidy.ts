/** One line for a person, of at most 300 characters. */
export const tidy = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Surrogate}\s]+/gu, " ").trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
