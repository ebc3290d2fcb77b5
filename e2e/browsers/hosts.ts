/** The host names that lead to the stand-in. Firefox takes no patterns. */
export const bilibiliHosts = [
  ...['bilibili.com', 'www.bilibili.com', 'passport.bilibili.com', 'api.bilibili.com'],
  ...['t.bilibili.com', 'live.bilibili.com'],
  ...['passport.biligame.com', 'www.biligame.com', 'i0.hdslb.com'],
  // Look-alikes, whose cookies are nobody's business.
  ...['notbilibili.com', 'bilibili.com.example'],
];
