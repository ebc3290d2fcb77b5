// An extension beside ours, which tries to use it: its worker, and its script in the site's pages.

/** Sends everything to an extension, by message and by connection. @returns all that comes back. */
async function sendTo(extensionId, messages) {
  const answers = messages.map((message) =>
    chrome.runtime.sendMessage(extensionId, message).catch(() => 'refused'),
  );
  const port = chrome.runtime.connect(extensionId);
  const heard = new Promise((resolve) => {
    port.onMessage.addListener(resolve);
    port.onDisconnect.addListener(() => resolve('refused'));
  });
  for (const message of messages) port.postMessage(message);
  return Promise.all([...answers, heard]);
}
globalThis.sendTo = sendTo;

chrome.runtime.onMessage.addListener(({ extensionId, messages }, _, respond) => {
  sendTo(extensionId, messages).then(respond);
  return true;
});
