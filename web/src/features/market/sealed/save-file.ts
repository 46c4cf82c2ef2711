type Picker = (options: { suggestedName: string; startIn: 'downloads' }) => Promise<FileSystemFileHandle>;

/** Where the reader wants the file; null where this browser cannot ask, undefined where the reader thought better of it. */
export async function chooseFile(suggestedName: string): Promise<FileSystemFileHandle | null | undefined> {
  const pick = (window as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (!pick) return null;
  try {
    return await pick({ suggestedName, startIn: 'downloads' });
  } catch (cause) {
    if ((cause as { name?: string }).name === 'AbortError') return undefined;
    // Forbidden here, as in a frame: the browser's own download is left.
    return null;
  }
}

/** Hands a file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download reads from it for as long as it takes; the page's end frees it.
}
