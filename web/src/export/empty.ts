// SPDX-License-Identifier: MIT
// In place of libraries that jsPDF would load for HTML, SVG and PNG.
export default null;
export const decode = null;
