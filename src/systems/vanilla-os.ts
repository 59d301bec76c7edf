/** Vanilla OS 2: two roots, the other one overwritten in place, menus exchanged. */
import type { System } from '../model/system.ts';

/** Vanilla OS 2 “Orchid” with ABRoot 2. Facts: systems.md 3.3, 3.8 and their sources. */
export const vanillaOs: System = {
  id: 'vanilla-os',
  name: 'Vanilla OS',
  mechanism: 'A/B · ABRoot',
  backend: 'ab',
  options: { tool: 'abroot' },
  commands: {
    update: 'abroot upgrade',
    rollback: 'abroot rollback',
    install: 'abroot pkg add',
    remove: 'abroot pkg remove',
    replace: 'abroot pkg remove OLD; abroot pkg add NEW',
    history: 'abroot status',
  },
  protections: [
    'The running root is mounted read-only: deleting there gives EROFS. There is no verity; root can remount it.',
    'The other root and vos-boot are not mounted while no transaction runs: what deletes files does not reach them.',
    '/var with all homes, /etc, and the EFI system partition are writable: nothing protects them.',
    'Each root has an /etc of its own on /var; /var itself is shared and never goes back.',
    'While an upgrade runs, the previous version is being overwritten: there is nothing to go back to.',
  ],
  encryptable: {
    volumes: ['var'],
    source:
      'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go (vos-var may be LUKS)',
  },
  asOf: '2026-06',
  sources: [
    'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go',
    'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/oci.go',
    'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/grub.go',
    'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/integrity.go',
    'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/cmd/mount-sys.go',
    'https://github.com/Vanilla-OS/sdk/blob/main/pkg/v1/goodies/cleanup_queue.go',
    'https://github.com/Vanilla-OS/vanilla-installer/blob/main/vanilla_installer/utils/processor.py',
    'https://github.com/linux-immutability-tools/EtcBuilder/blob/main/core/etcmerge.go',
  ],
  thenAndNow:
    'In 2023 (ABRoot 1, Vanilla OS 22.10) an update ran apt in an overlay over the running root and copied the result ' +
    'to the other one, so the roots drifted; since ABRoot 2 each root is written from an image.',
  simplified: [
    'Root B holds version 1 too, as if the machine had been upgraded before; on a fresh installation it is empty.',
    'The roots are plain partitions; the installer of today puts them on LVM thin volumes and their kernels on a volume of their own.',
    '/etc is a whole copy per root on /var instead of an overlay; what was shipped is judged by the pristine copy in the image.',
    'The image comes in four layers, without network time, and is copied as it is, or built anew without the packages that people took out of it.',
    'The package database lies below /usr in the image; where Vanilla keeps it exactly was not looked up.',
    'The directory links of a root are taken to be in the image; ABRoot repairs them after copying.',
    'ABRoot’s FsGuard and the encryption of /var are left out.',
  ],
};
