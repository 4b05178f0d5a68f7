/** An address without its user name and password; shown in their place: `***`. */
export function hideUserOf(address: string): string {
  return address.replace(/\/\/[^/@]*@/, "//***@");
}
